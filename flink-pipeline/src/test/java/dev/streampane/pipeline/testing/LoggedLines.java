// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** What a class warns of while this is open, and which is written nowhere else, at whatever level the tests log. */
public final class LoggedLines implements AutoCloseable {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final LoggerContext context = LoggerContext.getContext(false);
    private final String logger;
    private final LoggerConfig before;

    /** Begins. */
    public LoggedLines(Class<?> of) {
        logger = of.getName();
        before = context.getConfiguration().getLoggers().get(logger);
        var appender = new AbstractAppender("lines", null, null, false, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                lines.add(event.getMessage().getFormattedMessage());
            }
        };
        appender.start();
        var recorded = new LoggerConfig(logger, Level.WARN, false);
        recorded.addAppender(appender, null, null);
        replace(recorded);
    }

    private void replace(LoggerConfig by) {
        context.getConfiguration().removeLogger(logger);
        if (by != null) {
            context.getConfiguration().addLogger(logger, by);
        }
        context.updateLoggers();
    }

    /** The messages so far. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        replace(before);
    }
}
