"""Fieldwork: workbooks sent and returned, agreement, adjudication, documents, requests."""
