// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import io.quarkus.logging.LoggingFilter;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;

/**
 * Keeps each log message on one line, whatever input it quotes: control and format characters become question marks, in text and JSON logs alike.
 * Messages of exceptions are treated the same way, and each exception is shown once; stack traces contain no input and stay as they are.
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
        return isSafe(thrown, seen()) ? thrown : new SanitizedThrowable(thrown, seen());
    }

    private static Set<Throwable> seen() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private static boolean isSafe(Throwable thrown, Set<Throwable> seen) {
        return thrown == null
                || !seen.add(thrown)
                || safe(thrown.toString()).equals(thrown.toString())
                        && isSafe(thrown.getCause(), seen)
                        && Stream.of(thrown.getSuppressed()).allMatch(other -> isSafe(other, seen));
    }

    /** Replaces an exception whose message has unsafe characters. */
    private static final class SanitizedThrowable extends Throwable {

        private final String text;

        SanitizedThrowable(Throwable thrown, Set<Throwable> seen) {
            super(
                    null,
                    thrown.getCause() == null || !seen.add(thrown.getCause())
                            ? null
                            : new SanitizedThrowable(thrown.getCause(), seen),
                    true,
                    true);
            text = safe(thrown.toString());
            Stream.of(thrown.getSuppressed())
                    .filter(seen::add)
                    .forEach(other -> addSuppressed(new SanitizedThrowable(other, seen)));
            setStackTrace(thrown.getStackTrace());
        }

        /** Does nothing: the stack trace is copied from the replaced exception. */
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
