// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes JSON safe to show in a terminal or a page: characters that are invisible, or that change how their neighbours are shown, become
 * JSON escapes. JSON parsers read the same texts.
 */
final class SafeJson {

    private static final Pattern UNSAFE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}<>&]");

    private SafeJson() {}

    /**
     * Escapes in {@code json} control and format characters (such as bidirectional marks), line and paragraph separators, unassigned and
     * private characters, unpaired surrogates, and {@code < > &}. JSON has none of them outside of texts.
     */
    static String of(String json) {
        return UNSAFE.matcher(json)
                .replaceAll(found ->
                        found.group().chars().mapToObj("\\\\u%04x"::formatted).collect(Collectors.joining()));
    }
}
