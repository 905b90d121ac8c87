// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.decode;

/** Ends the decoding of one record and becomes a rejected {@link Decoded}. It has no stack trace, because bad input is not a fault of the code. */
public final class Rejection extends Exception {

    private static final int MAX_SHOWN = 64;

    private final RejectReason reason;

    /** A rejection with a message of one line that names the field and what is wrong with it. */
    public Rejection(RejectReason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public RejectReason reason() {
        return reason;
    }

    /** A piece of the input for a message: quoted, on one line, and cut after {@value #MAX_SHOWN} chars. */
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
