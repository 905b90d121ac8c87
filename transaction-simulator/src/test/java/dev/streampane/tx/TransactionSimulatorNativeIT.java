// SPDX-License-Identifier: Apache-2.0
package dev.streampane.tx;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

@Tag("native")
@QuarkusIntegrationTest
class TransactionSimulatorNativeIT extends TransactionSimulatorIT {}
