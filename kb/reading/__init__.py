"""What readers' pages, lists and feeds show, and until when it holds."""
