"""Search: things of all services by their codes and titles, as far as the caller may read them."""
