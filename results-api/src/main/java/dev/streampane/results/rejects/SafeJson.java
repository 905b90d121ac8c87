// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.rejects;

/**
 * JSON whose texts cannot do anything to a terminal, a page or a reader's eye: what does not show, or changes how its neighbours show, is
 * written as a JSON escape. Readers of JSON get the same texts.
 */
final class SafeJson {

    private SafeJson() {}

    /**
     * Escapes within {@code json} the control and format characters (bidirectional marks among them), line and paragraph separators, what is
     * unassigned or private, halves of surrogate pairs, and {@code < > &}. None of them occurs in JSON outside of texts.
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
