// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import java.lang.annotation.Retention;
import java.lang.annotation.Target;

/** What a setting may be, in the words of the message that refuses another value. */
@Target(METHOD)
@Retention(RUNTIME)
@interface Allowed {
    String value();
}
