"""The pieces of HTTP that no library gives: digest authentication, both roles."""
