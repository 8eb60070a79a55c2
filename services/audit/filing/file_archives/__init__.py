"""File archives: an engagement file as a signed ZIP, assembled once by a job and kept part by part."""
