"""Starting and stopping what the tests run against."""
