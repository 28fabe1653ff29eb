//! The grammars of HTTP field values, one file per field.
