"""Result records: what result files came to, handed in as evidence of what is expected of their source."""
