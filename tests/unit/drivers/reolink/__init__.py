"""The Reolink driver, part by part."""
