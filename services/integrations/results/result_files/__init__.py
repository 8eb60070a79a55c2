"""Result files: what test runners and scanners wrote in one run, sent whole."""
