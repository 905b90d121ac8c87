// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** What a setting may be, in the words of the message that refuses another value. */
@Target(METHOD)
@Retention(RUNTIME)
public @interface Allowed {

    /** Such as {@code a whole number from 0 to 10}. */
    String value();
}
