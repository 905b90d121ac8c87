// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

/**
 * Makes JSON safe to show in a terminal or a page: characters that are invisible, or that change how their neighbours are shown, become
 * JSON escapes. JSON parsers read the same texts.
 */
final class SafeJson {

    private SafeJson() {}

    /**
     * Escapes in {@code json} control and format characters (such as bidirectional marks), line and paragraph separators, unassigned and
     * private characters, unpaired surrogates, and {@code < > &}. JSON has none of them outside of texts.
     */
    static String of(String json) {
        StringBuilder safe = new StringBuilder(json.length() + 16);
        json.codePoints().forEach(point -> {
            if (isSafe(point)) {
                safe.appendCodePoint(point);
            } else {
                for (char unit : Character.toChars(point)) {
                    safe.append("\\u%04x".formatted((int) unit));
                }
            }
        });
        return safe.toString();
    }

    private static boolean isSafe(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> point != '<' && point != '>' && point != '&';
        };
    }
}
