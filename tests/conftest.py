"""`soracom_document` is for every room of tests."""
