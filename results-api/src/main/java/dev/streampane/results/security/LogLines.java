// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;

/**
 * Makes one line of each log message, whatever input it quotes: control and format characters become question marks, for text and JSON
 * alike. What an exception says is treated in the same way; the lines of its stack trace are ours.
 */
@LoggingFilter(name = "log-lines")
public final class LogLines implements Filter {

    private static final ExtFormatter MESSAGE = new ExtFormatter() {
        @Override
        public String format(ExtLogRecord line) {
            return formatMessage(line);
        }
    };

    /** Causes of causes that are shown of an exception that quotes input. */
    private static final int DEPTH = 20;

    private static final String UNSAFE = "[\\p{Cc}\\p{Cf}\u2028\u2029]";

    @Override
    public boolean isLoggable(LogRecord record) {
        ExtLogRecord line = ExtLogRecord.wrap(record);
        String message = MESSAGE.format(line);
        if (message != null && !safe(message).equals(message)) {
            line.setMessage(safe(message), FormatStyle.NO_FORMAT);
            line.setParameters(null);
        }
        if (line.getThrown() != null) {
            line.setThrown(safe(line.getThrown()));
        }
        return true;
    }

    private static String safe(String text) {
        return text.replaceAll(UNSAFE, "?");
    }

    private static Throwable safe(Throwable thrown) {
        return isSafe(thrown, DEPTH) ? thrown : new SanitizedThrowable(thrown, DEPTH);
    }

    private static boolean isSafe(Throwable thrown, int depth) {
        return thrown == null
                || depth >= 0
                        && safe(thrown.toString()).equals(thrown.toString())
                        && isSafe(thrown.getCause(), depth - 1)
                        && Stream.of(thrown.getSuppressed()).allMatch(other -> isSafe(other, depth - 1));
    }

    /** Stands for an exception that quotes input. */
    private static final class SanitizedThrowable extends Throwable {

        private static final long serialVersionUID = 1L;

        private final String text;

        SanitizedThrowable(Throwable thrown, int depth) {
            super(
                    null,
                    thrown.getCause() == null || depth == 0
                            ? null
                            : new SanitizedThrowable(thrown.getCause(), depth - 1),
                    true,
                    true);
            text = safe(thrown.toString());
            if (depth > 0) {
                Stream.of(thrown.getSuppressed())
                        .forEach(other -> addSuppressed(new SanitizedThrowable(other, depth - 1)));
            }
            setStackTrace(thrown.getStackTrace());
        }

        /** It takes that of the exception that it stands for. */
        @Override
        public Throwable fillInStackTrace() {
            return this;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
