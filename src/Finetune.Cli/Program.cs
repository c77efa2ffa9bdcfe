Console.WriteLine("dotnet finetune");
return 0;
