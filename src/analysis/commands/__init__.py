"""The commands of ``policygap``: ``options`` has the command line, other modules run them."""
