package dnd.metrics.server.yaml;

/** What is wrong at a place of a YAML text; line and column count from 1. */
public record YamlProblem(int line, int column, String text) {}
