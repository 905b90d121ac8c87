// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

@Tag("native")
@QuarkusIntegrationTest
class WindowResourceNativeIT extends WindowResourceIT {}
