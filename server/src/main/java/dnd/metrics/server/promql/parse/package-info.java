/** PromQL's front end: lexer, parser, checked syntax tree, printer. */
@NullMarked
package dnd.metrics.server.promql.parse;

import org.jspecify.annotations.NullMarked;
