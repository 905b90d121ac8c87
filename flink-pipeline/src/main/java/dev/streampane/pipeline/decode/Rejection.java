// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

/** Ends the decoding of one record; becomes a rejected {@link Decoded}. Carries no stack trace: bad input is not a fault. */
public final class Rejection extends Exception {

    private static final int MAX_SHOWN = 64;

    private final RejectReason reason;

    /** A rejection with a one-line message that names the field and what was wrong. */
    public Rejection(RejectReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public RejectReason reason() {
        return reason;
    }

    /** A piece of the input for a message: quoted, on one line, and cut when long. */
    public static String show(String text) {
        var shown = new StringBuilder("\"");
        for (int i = 0; i < Math.min(text.length(), MAX_SHOWN); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c)) {
                shown.append(String.format("\\u%04x", (int) c));
            } else {
                shown.append(c);
            }
        }
        return shown.append(text.length() > MAX_SHOWN ? "…\"" : "\"").toString();
    }
}
