// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.job;

/** A job cannot start with its options. The message is one line with the option, its value and what is allowed. */
public final class BadOptionException extends IllegalArgumentException {

    private static final int SHOWN_LENGTH = 200;

    private boolean retriable;

    public BadOptionException(String line) {
        super(line);
    }

    /** Marks that something is missing now that may appear later; returns this. */
    BadOptionException retriable() {
        retriable = true;
        return this;
    }

    /** Whether what is missing may appear later. */
    boolean isRetriable() {
        return retriable;
    }

    /** {@code --allowed-lateness: '-1s' is not allowed; allowed is a duration from 0ms to 30d}. */
    public static BadOptionException notAllowed(String option, String text, String allowed) {
        return new BadOptionException(
                "--%s: '%s' is not allowed; allowed is %s".formatted(option, shown(text), allowed));
    }

    /** {@code --windows: 'session(5x)' is not allowed: at character 9 is '5x'; allowed is …}. */
    static BadOptionException notAllowedThere(String option, String text, String where) {
        return new BadOptionException("--%s: '%s' is not allowed: %s".formatted(option, shown(text), where));
    }

    /** The text as one line of bounded length: no control characters, no password of a URL. */
    static String shown(String text) {
        String line = text.replaceAll("//[^/@]*@", "//***@").replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?");
        return line.length() <= SHOWN_LENGTH
                ? line
                : line.substring(0, SHOWN_LENGTH) + "… (" + line.length() + " characters)";
    }
}
