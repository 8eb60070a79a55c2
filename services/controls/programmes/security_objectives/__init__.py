"""Security objectives: what a management system is to achieve, measured by what, by whom and until when."""
