package store

import (
	"database/sql"
	"encoding/json"
)

// scanAll reads a result of one column.
func scanAll[T any](rows *sql.Rows) ([]T, error) {
	return collect(rows, func(v *T) []any { return []any{v} })
}

// collect reads a result, a value a row.
func collect[T any](rows *sql.Rows, fields func(*T) []any) ([]T, error) {
	defer rows.Close()
	var out []T
	for rows.Next() {
		var v T
		if err := rows.Scan(fields(&v)...); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// jsonInts spells ids for json_each: one statement serves lists of any length.
func jsonInts(ids []int64) string {
	data, _ := json.Marshal(ids)
	return string(data)
}
