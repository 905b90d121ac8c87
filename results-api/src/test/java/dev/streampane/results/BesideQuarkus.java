// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A test class that has no Quarkus in its JVM: such classes run one after the other, as they share a broker, and beside those that have. The
 * two wait most of the time.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock("dev.streampane.local.server.SharedKafka")
public @interface BesideQuarkus {}
