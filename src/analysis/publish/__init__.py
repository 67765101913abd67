"""What goes out: the report, the workbook, the tables behind, the statements, the manifest."""
