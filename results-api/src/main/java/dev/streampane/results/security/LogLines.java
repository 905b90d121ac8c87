// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
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
        boolean clean = true;
        int depth = 0;
        for (Throwable cause = thrown; cause != null && depth < 20; cause = cause.getCause()) {
            clean &= safe(cause.toString()).equals(cause.toString());
            depth++;
        }
        return clean ? thrown : new SanitizedThrowable(thrown, 20);
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
                    false,
                    true);
            text = safe(thrown.toString());
            setStackTrace(thrown.getStackTrace());
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
