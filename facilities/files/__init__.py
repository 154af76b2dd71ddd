"""Documents and photos of any object, on disk under the data folder."""
