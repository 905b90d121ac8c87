// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** The allowed values of a setting, as the message about a wrong value names them. */
@Target(METHOD)
@Retention(RUNTIME)
public @interface Allowed {

    /** The allowed values, such as {@code a whole number from 0 to 10}. */
    String value();
}
