"""A run's folder as one page that anybody can open: read (``reading``), then drawn (``page``)."""
