"""The services of Attest. They never import each other; events carry what one must know of another."""
