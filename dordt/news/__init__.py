"""News: articles, their archive and their import."""
