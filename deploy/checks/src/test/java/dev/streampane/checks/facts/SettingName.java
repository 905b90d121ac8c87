// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.facts;

import io.smallrye.config.common.utils.StringUtil;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The name of a setting as a property and as a variable; keys of maps and positions of lists stand for any. */
final class SettingName {

    private static final Pattern ANY = Pattern.compile("\"[^\"]+\"|(?<=\\.)\\*|\\[\\*]");

    private final String name;
    private final Pattern property;
    private final Pattern variable;

    /**
     * @param name as Quarkus's descriptions ({@code quarkus.log.category."categories".level}) or configuration mappings
     *     ({@code results.clients.*.name}, {@code results.roles[*]}) have it
     */
    SettingName(String name) {
        this.name = name;
        String[] parts = ANY.split(name, -1);
        property = Pattern.compile(Arrays.stream(parts)
                .map(Pattern::quote)
                .collect(Collectors.joining("(?:\"[^\"]+\"|[^.\"\\[\\]]+|\\[\\d+])")));
        variable = Pattern.compile(Arrays.stream(parts)
                .map(part -> Pattern.quote(variable(part)))
                .collect(Collectors.joining("[A-Z0-9_]+")));
    }

    boolean isProperty(String text) {
        return property.matcher(text).matches();
    }

    boolean isBelow(String prefix) {
        return name.startsWith(prefix + '.');
    }

    boolean isVariable(String text) {
        return variable.matcher(text).matches();
    }

    /** SmallRye's rule: what is neither a letter nor a digit becomes {@code _}, letters become capitals. */
    static String variable(String property) {
        return StringUtil.replaceNonAlphanumericByUnderscores(property).toUpperCase(Locale.ROOT);
    }
}
