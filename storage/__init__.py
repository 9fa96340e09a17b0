"""What Kaiku remembers: the engine and its transactions, mapped tables, queries by feature."""
