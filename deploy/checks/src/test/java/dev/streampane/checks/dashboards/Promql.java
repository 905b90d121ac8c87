// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PromQL expression names.
 *
 * @param metrics metrics, in order
 * @param labels labels, of matchers, groupings and joins
 */
record Promql(Set<String> metrics, Set<String> labels) {

    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'");
    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
    private static final Pattern MATCHERS = Pattern.compile("\\{([^}]*)}");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_:][\\w:]*");
    private static final Pattern METRIC = Pattern.compile("(?<![\\w$.])" + NAME + "(?![\\w:])(?!\\s*\\()");
    private static final Set<String> WORDS =
            Set.of("and", "or", "unless", "bool", "offset", "inf", "nan", "by", "without");

    static Promql of(String expression) {
        Set<String> labels = new TreeSet<>();
        String rest =
                RANGE.matcher(STRING.matcher(expression).replaceAll("\"\"")).replaceAll(" ");
        rest = without(rest, MATCHERS, labels);
        rest = without(rest, GROUPING, labels);
        Set<String> metrics = new LinkedHashSet<>();
        Matcher metric = METRIC.matcher(rest);
        while (metric.find()) {
            if (!WORDS.contains(metric.group())) {
                metrics.add(metric.group());
            }
        }
        return new Promql(metrics, labels);
    }

    private static String without(String expression, Pattern part, Set<String> labels) {
        Matcher matcher = part.matcher(expression);
        while (matcher.find()) {
            Matcher label = NAME.matcher(matcher.group(1));
            while (label.find()) {
                labels.add(label.group());
            }
        }
        return part.matcher(expression).replaceAll(" ");
    }
}
