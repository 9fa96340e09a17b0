"""What Kaiku remembers: the engine and its transactions, tables, queries by feature."""
