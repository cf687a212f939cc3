package odzew

import _ "embed"

// SchemaVersion is the version of Schema; the database keeps it as user_version.
const SchemaVersion = 5

// Schema is schema.sql, the data dictionary: it makes an empty database.
//
//go:embed schema.sql
var Schema string
