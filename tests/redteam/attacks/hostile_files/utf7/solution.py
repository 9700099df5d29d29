# -*- coding: utf-7 -*-
+AHIAYQBpAHMAZQ- ValueError('seen')
