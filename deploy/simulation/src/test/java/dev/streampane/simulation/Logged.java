// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.formatters.PatternFormatter;

/** What a class logs meanwhile, as {@code LEVEL message}. */
final class Logged extends Handler implements AutoCloseable {

    private final PatternFormatter formatter = new PatternFormatter("%p %s");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;

    Logged(Class<?> who) {
        logger = Logger.getLogger(who.getName());
        logger.addHandler(this);
    }

    /** The lines until now. */
    List<String> lines() {
        return lines;
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(formatter.format(line));
    }

    @Override
    public void flush() {
        // nothing waits
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
