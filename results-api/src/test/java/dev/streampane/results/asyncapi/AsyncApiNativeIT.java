// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.asyncapi;

import io.quarkus.test.junit.QuarkusIntegrationTest;
import org.junit.jupiter.api.Tag;

@Tag("native")
@QuarkusIntegrationTest
class AsyncApiNativeIT extends AsyncApiIT {}
