// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.compose;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The variables of an {@code .env} file. */
final class Variables {

    /** The one way in which compose.yaml names a variable: defaults are in .env alone. */
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(\\w+)}|\\$\\{[^}]*}|\\$\\w+");

    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<String> undocumented = new ArrayList<>();

    Variables(String text) {
        boolean documented = false;
        for (String line : text.lines().toList()) {
            if (line.startsWith("#")) {
                documented = true;
            } else if (line.isBlank()) {
                documented = false;
            } else {
                String[] pair = line.split("=", 2);
                values.put(pair[0], pair[1]);
                if (!documented) {
                    undocumented.add(pair[0]);
                }
            }
        }
    }

    Set<String> names() {
        return values.keySet();
    }

    /** Those without a comment above them in their paragraph. */
    List<String> undocumented() {
        return undocumented;
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** The text with each variable's value in its place; what is no variable of the file stays as it is. */
    String resolve(String text) {
        return REFERENCE
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        value(String.valueOf(found.group(1))).orElse(found.group())));
    }

    /** The variables that a text names; what is written in another way is given as it is written. */
    static Set<String> named(String text) {
        Set<String> names = new TreeSet<>();
        for (MatchResult found : REFERENCE.matcher(text).results().toList()) {
            names.add(found.group(1) == null ? found.group() : found.group(1));
        }
        return names;
    }
}
