package store

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"github.com/mattn/go-sqlite3"
)

// A transaction of the writer in which very many rows are written. Statements go to
// the driver itself: what database/sql does for each argument of each row costs more
// than a tenth of a load.
type transaction struct {
	s    *Store
	ctx  context.Context
	conn *sql.Conn // nil once it has ended

	execs   map[string]*sqlite3.SQLiteStmt
	queries map[string]*sql.Stmt
	args    []driver.NamedValue
}

func (s *Store) begin(ctx context.Context) (transaction, error) {
	conn, err := s.w.Conn(ctx)
	if err != nil {
		return transaction{}, s.explain(err)
	}
	if _, err := conn.ExecContext(ctx, `BEGIN IMMEDIATE`); err != nil {
		conn.Close()
		return transaction{}, s.explain(err)
	}
	// A statement under a context that may end costs the driver a goroutine. A
	// transaction is short: it is ended between statements, not within them.
	return transaction{s: s, ctx: context.WithoutCancel(ctx), conn: conn, execs: map[string]*sqlite3.SQLiteStmt{}, queries: map[string]*sql.Stmt{}}, nil
}

// Rollback gives the transaction up. After its end it does nothing.
func (t *transaction) Rollback() {
	if t.conn == nil {
		return
	}
	t.closeStatements()
	t.conn.ExecContext(t.ctx, `ROLLBACK`)
	t.conn.Close()
	t.conn = nil
}

func (t *transaction) commit() error {
	t.closeStatements()
	if _, err := t.conn.ExecContext(t.ctx, `COMMIT`); err != nil {
		return t.s.explain(err)
	}
	err := t.conn.Close()
	t.conn = nil
	return t.s.explain(err)
}

func (t *transaction) closeStatements() {
	for _, st := range t.queries {
		st.Close()
	}
	t.conn.Raw(func(any) error {
		for _, st := range t.execs {
			st.Close()
		}
		return nil
	})
	clear(t.queries)
	clear(t.execs)
}

// exec runs a statement that returns no rows, prepared once.
func (t *transaction) exec(text string, args ...any) (res driver.Result, err error) {
	err = t.conn.Raw(func(c any) error {
		st, ok := t.execs[text]
		if !ok {
			prepared, err := c.(*sqlite3.SQLiteConn).PrepareContext(t.ctx, text)
			if err != nil {
				return err
			}
			st = prepared.(*sqlite3.SQLiteStmt)
			t.execs[text] = st
		}
		t.args = t.args[:0]
		for i, a := range args {
			v, err := driverValue(a)
			if err != nil {
				return err
			}
			t.args = append(t.args, driver.NamedValue{Ordinal: i + 1, Value: v})
		}
		res, err = st.ExecContext(t.ctx, t.args)
		return err
	})
	return res, err
}

// driverValue converts an argument as database/sql does, the frequent kinds first.
func driverValue(a any) (driver.Value, error) {
	switch v := a.(type) {
	case nil, string, int64, float64, bool, []byte:
		return v, nil
	case int:
		return int64(v), nil
	}
	return driver.DefaultParameterConverter.ConvertValue(a)
}

// stmt prepares a query once.
func (t *transaction) stmt(text string) (*sql.Stmt, error) {
	if st, ok := t.queries[text]; ok {
		return st, nil
	}
	st, err := t.conn.PrepareContext(t.ctx, text)
	if err == nil {
		t.queries[text] = st
	}
	return st, err
}

func (t *transaction) queryRow(text string, args []any, dest ...any) error {
	st, err := t.stmt(text)
	if err != nil {
		return err
	}
	return st.QueryRowContext(t.ctx, args...).Scan(dest...)
}
