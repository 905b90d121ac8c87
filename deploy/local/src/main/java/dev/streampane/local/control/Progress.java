// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import java.util.function.Supplier;

/** What somebody who waits is told: steps with a beginning and an end, and remarks. */
public interface Progress {

    /** A step begins. */
    void begin(String step);

    /** A step has ended well. */
    void end(String step, String detail);

    /** A step has ended badly; what went wrong is said by whoever handles it. */
    void fail(String step);

    /** Does the work of a step and tells how it goes; what {@code work} answers is told at its end. */
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
