// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import java.util.function.Supplier;

/** Receives the progress of an operation: the beginning and the end of its steps, and messages. */
public interface Progress {

    /** A step begins. */
    void begin(String step);

    /** A step has ended well. */
    void end(String step, String detail);

    /** A step has failed; the code that handles the failure reports the reason. */
    void fail(String step);

    /** Runs a step and reports its beginning and its end; the result of {@code work} is the detail of the end. */
    default String step(String name, Supplier<String> work) {
        begin(name);
        try {
            String detail = work.get();
            end(name, detail);
            return detail;
        } catch (RuntimeException e) {
            fail(name);
            throw e;
        }
    }

    /** Something that the user should read, such as a restart. */
    void say(String event, String subject, String text);
}
