"""The pages that belong to no domain: home, legal pages, sitemap."""
