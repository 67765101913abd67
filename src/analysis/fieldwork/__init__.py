"""Fieldwork: workbooks sent and returned, intercoder agreement, adjudication, documents, requests."""
