// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** The allowed values of a setting: what the message about a wrong value says, and bounds that {@link ConfigCheck} checks. */
@Target(METHOD)
@Retention(RUNTIME)
public @interface Allowed {

    /**
     * The allowed values, such as {@code a list of durations from {1ms} to {1d}}. What stands in braces is checked, for each value of a list;
     * messages leave the braces out.
     *
     * <ul>
     *   <li><code>from {0}</code> and <code>to {10}</code>: the smallest and the largest value, written like a value of the setting
     *   <li><code>not {0}</code>: a value between them that is not allowed
     *   <li><code>a {whole}</code> and <code>at most {two}</code>: the decimals
     * </ul>
     */
    String value();
}
