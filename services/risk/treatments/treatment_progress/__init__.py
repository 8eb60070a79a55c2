"""Treatment progress: an approved treatment is carried out, verified by its effect and closed, or cancelled."""
