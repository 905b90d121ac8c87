// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;

/** What a class logs meanwhile, as {@code LEVEL message}. */
public final class Logged implements AutoCloseable {

    private final Lines lines = new Lines();
    private final Logger logger;

    public Logged(Class<?> who) {
        logger = Logger.getLogger(who.getName());
        logger.addHandler(lines);
    }

    /** The lines until now. */
    public List<String> lines() {
        return lines.found;
    }

    @Override
    public void close() {
        logger.removeHandler(lines);
    }

    private static final class Lines extends Handler {

        private final Formatter formatter = new PatternFormatter("%p %s");
        private final List<String> found = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord line) {
            found.add(formatter.format(line));
        }

        @Override
        public void flush() {
            // nothing waits
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
